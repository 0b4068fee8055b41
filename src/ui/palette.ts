/** An entry of the command palette as data. */
import type { IconName } from './icons.ts'

export interface PaletteItem {
  readonly id: string
  /** Evidence text is allowed. */
  readonly label: string
  /** What kind of thing it is: drawn at the right. */
  readonly group: string
  readonly keywords?: string
  readonly icon?: IconName
  readonly run: () => void
}
