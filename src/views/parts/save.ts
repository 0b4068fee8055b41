/** Saves bytes to the person's disk. Nothing else leaves the page. */

/** How long the browser may take to open the blob before its address is withdrawn, in milliseconds. */
const GRACE = 60_000

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }))
  link.download = name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(link.href)
  }, GRACE)
}

/** A file name for saving: the last part of the path, without anything that means something to a file system. */
export function saveName(path: string): string {
  const last =
    path
      .split('/')
      .filter((part) => part !== '')
      .at(-1) ?? ''
  const safe = last
    .replace(/[^\w.@+=,-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 120)
  return safe === '' ? 'member' : safe
}
