/** Text to the clipboard and to files. */

/** Copies text. Without a secure context there is no clipboard object: then through a selection. False when refused. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

/** The old way: a hidden text box, selected. The command is what insecure pages have left. */
function copyBySelection(text: string): boolean {
  const box = document.createElement('textarea')
  const focused = document.activeElement
  box.value = text
  box.readOnly = true
  box.className = 'unseen'
  document.body.append(box)
  box.select()
  const copy = (document as { execCommand?: (command: string) => boolean }).execCommand?.bind(document)
  const done = copy?.('copy') ?? false
  box.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return done
}

/** Offers text as a file to save. */
export function saveText(name: string, type: string, text: string): void {
  saveBlob(name, new Blob([text], { type }))
}

/** Offers bytes as a file to save. */
export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(url)
  }, 10_000)
}
