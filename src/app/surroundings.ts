/** What the way in which the page was opened withholds from it. */

/** In words, to be said once; undefined when nothing is missing. */
export function withheld(): string | undefined {
  if (import.meta.env.MODE === 'portable')
    return (
      'Opened from a file: everything works, but browsers grant some things only to sites. Compressed archives are ' +
      'unpacked to temporary storage instead of a private file system, and a newer version has to be fetched by hand.'
    )
  if (!isSecureContext)
    return (
      'Served over plain http: everything works, but browsers grant some things only over https. Compressed archives ' +
      'are unpacked to temporary storage instead of a private file system, large files are saved as downloads, and the ' +
      'page cannot be kept for use without a network.'
    )
  return undefined
}
