/** Light, dark, or as the system says. The choice is kept and set as `data-theme` on the root element. */
import { readStored, writeStored } from '../ui/stored.ts'

export type ThemeChoice = 'auto' | 'light' | 'dark'

export const THEMES: readonly ThemeChoice[] = ['auto', 'light', 'dark']
export const THEME_NAMES: Readonly<Record<ThemeChoice, string>> = {
  auto: 'As the system',
  light: 'Light',
  dark: 'Dark',
}

export class Theme {
  choice: ThemeChoice = $state('auto')

  constructor() {
    const kept = readStored('theme')
    this.choice = THEMES.find((choice) => choice === kept) ?? 'auto'
    this.#apply()
  }

  set(choice: ThemeChoice): void {
    this.choice = choice
    writeStored('theme', choice === 'auto' ? undefined : choice)
    this.#apply()
  }

  /** auto → light → dark → auto. */
  next(): void {
    this.set(THEMES[(THEMES.indexOf(this.choice) + 1) % THEMES.length] ?? 'auto')
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.choice
  }
}
