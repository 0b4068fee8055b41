/** An entry of the command palette as data. */
import type { IconName } from './icons.ts'

export interface PaletteItem {
  readonly id: string
  /** Evidence text is allowed. */
  readonly label: string
  /** What kind of thing it is: drawn at the right. */
  readonly group: string
  readonly keywords?: string
  /** As in `Findable`. */
  readonly bias?: number
  readonly icon?: IconName
  /** Keys that do the same, one text for each press. */
  readonly keys?: readonly string[]
  readonly run: () => void
}
