/** Files that are made while they are written, as they cross to the page. */

/** The pieces as a stream, each made when it is wanted; making them ends when the stream is cancelled. */
export function byteStream(file: {
  readonly pieces: (signal: AbortSignal) => AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>
}): ReadableStream<Uint8Array<ArrayBuffer>> {
  const cancel = new AbortController()
  const pieces = file.pieces(cancel.signal)
  return new ReadableStream({
    async pull(controller) {
      const { value } = await pieces.next()
      if (value) controller.enqueue(value)
      else controller.close()
    },
    cancel() {
      cancel.abort()
    },
  })
}
