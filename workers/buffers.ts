/** The buffers of plain data that crosses between threads, to be handed over rather than copied. */
export function buffersOf(data: object): ArrayBuffer[] {
  return Object.values(data).flatMap((value) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  )
}
