/**
 * A locator of a thing in a checkpoint: what a link, the URL and the selection hold. It holds ids only, never
 * names or other evidence, and may point to nothing (the URL may come from a colleague with another archive).
 */
import type { SpaceRef } from './memory.ts'

export type Ref =
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'thread'; readonly pid: number; readonly tid: number }
  /** A descriptor of a descriptor table. */
  | { readonly kind: 'fd'; readonly pid: number; readonly fd: number }
  /** An open file description: files.img id. */
  | { readonly kind: 'file'; readonly id: number }
  | { readonly kind: 'socket'; readonly id: number }
  | { readonly kind: 'mount'; readonly ns: number; readonly id: number }
  /** An archive member; with a record for CRIU images. */
  | { readonly kind: 'member'; readonly index: number; readonly record?: number }
  /** A place in the memory of a process or of a shared memory object; `length` in bytes when it is a range. */
  | { readonly kind: 'memory'; readonly space: SpaceRef; readonly address: bigint; readonly length?: number }
