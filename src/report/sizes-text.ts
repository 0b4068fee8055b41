/** Numbers in the spelling of checkpointctl and go-criu, for exports that their users' scripts read. */

const IEC = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
const SHORT = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

/** Bytes as checkpointctl prints sizes: `266 B`, `153.5 KiB`. */
export function iecText(bytes: number): string {
  return scaled(bytes, IEC)
}

/** Bytes as go-criu prints socket buffers: `16.0 KB`, in steps of 1024 for all its name. */
export function bufferText(bytes: number): string {
  return scaled(bytes, SHORT)
}

function scaled(bytes: number, units: readonly string[]): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return unit === 0 ? `${bytes} ${units[0] ?? ''}` : `${value.toFixed(1)} ${units[unit] ?? ''}`
}
