/**
 * Raw images (without magic or records) as JSON: `{"magic": <NAME>, "raw": …}`. crit cannot decode these; the shape is
 * ours and described in docs/crit-json.md.
 */
import type { OpenedImage } from './decode-image.ts'
import { JsonWriter } from './json-text.ts'

/** JSON text of a raw image, in pieces. */
export function* writeRaw(image: OpenedImage, pretty: boolean): Generator<string, void, undefined> {
  const out = new JsonWriter(pretty)
  out.begin('{')
  out.key('magic')
  out.string(image.type.name)
  out.key('size')
  out.literal(String(image.bytes.length))
  out.end()
  out.newline()
  yield out.take()
}
