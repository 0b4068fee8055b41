/**
 * js-untar's own worker code as a module worker of this origin (its packaged form makes a worker from a blob: URL,
 * which the page's policy forbids). It answers { type: 'extract', buffer } with a message per file, then `complete`.
 * Spoken to only by src/archive/untar-client.ts, which ends it after every archive.
 */
import 'js-untar/build/dev/untar-worker.js'
