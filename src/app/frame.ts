/** What the frame draws, as data. */

/** What the palette is for: its name, wherever it is spoken of. */
export const FIND = 'Find a screen, action, setting, process, socket or file'

export interface NavItem {
  readonly id: string
  readonly label: string
  /** A number, or a size in words. Undefined while it is not known. */
  readonly count?: number | string | undefined
  readonly href: string
  /** Why the section is empty, or what waits; on hover. */
  readonly note?: string | undefined
  /** Heading under which it stands; items with the same one follow each other. */
  readonly section?: string | undefined
  /** Keys that lead there, as in `Shortcut.keys`. */
  readonly keys?: string | undefined
}

export interface CheckpointChoice {
  readonly id: string
  /** Evidence text. */
  readonly label: string
  /** Evidence text: time, engine, … */
  readonly note?: string | undefined
  readonly href: string
}

export interface FrameProgress {
  readonly label: string
  readonly done?: number | undefined
  readonly total?: number | undefined
  readonly detail?: string | undefined
  readonly oncancel?: (() => void) | undefined
}

export interface DiagnosticCount {
  readonly count: number
  readonly worst: 'info' | 'warning' | 'error'
  readonly href: string
}
