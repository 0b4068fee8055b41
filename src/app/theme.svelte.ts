/** Light, dark, or as the system says. The choice is kept and set as `data-theme` on the root element. */
import { readStored, writeStored } from '../ui/stored.ts'

export type ThemeChoice = 'auto' | 'light' | 'dark'

const CHOICES: readonly ThemeChoice[] = ['auto', 'light', 'dark']

export class Theme {
  choice: ThemeChoice = $state('auto')

  constructor() {
    const kept = readStored('theme')
    this.choice = CHOICES.find((choice) => choice === kept) ?? 'auto'
    this.#apply()
  }

  set(choice: ThemeChoice): void {
    this.choice = choice
    writeStored('theme', choice === 'auto' ? undefined : choice)
    this.#apply()
  }

  /** auto → light → dark → auto. */
  next(): void {
    this.set(CHOICES[(CHOICES.indexOf(this.choice) + 1) % CHOICES.length] ?? 'auto')
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.choice
  }
}
