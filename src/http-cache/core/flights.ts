/** How a request to the origin has ended for those that wait for it. */
export type FlightEnd = "stored" | "unstored";

/** The requests to the origin of this process whose responses others wait for, by entry. */
export class Flights {
  readonly #running = new Map<string, Promise<FlightEnd>>();

  /** A running one. */
  get(entry: string): Promise<FlightEnd> | undefined {
    return this.#running.get(entry);
  }

  /** Begins one. Call the function at its end. */
  begin(entry: string): (end: FlightEnd) => void {
    let ended: (end: FlightEnd) => void = () => undefined;
    const flight = new Promise<FlightEnd>((resolve) => {
      ended = resolve;
    });
    this.#running.set(entry, flight);
    return (end) => {
      if (this.#running.get(entry) === flight) this.#running.delete(entry);
      ended(end);
    };
  }
}
