/** The last ids that were added. */
export class RecentIds {
  readonly #most: number;
  readonly #ids: string[] = [];
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(id: string): void {
    this.#ids[this.#next] = id;
    this.#next = (this.#next + 1) % this.#most;
  }

  list(): readonly string[] {
    return [...this.#ids];
  }
}
