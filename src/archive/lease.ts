/** Shared ownership of something that must be closed once its last user is gone. */
export class Lease {
  #users = 1
  readonly #close: () => Promise<void>

  constructor(close: () => Promise<void>) {
    this.#close = close
  }

  /** One more user; the returned function ends that use and is idempotent. */
  share(): () => Promise<void> {
    this.#users += 1
    let isHeld = true
    return async () => {
      if (!isHeld) return
      isHeld = false
      await this.release()
    }
  }

  /** Ends the first user's use. */
  async release(): Promise<void> {
    this.#users -= 1
    if (this.#users === 0) await this.#close()
  }
}
