import type { RedisSocket } from "./redis.js";

/** Calls in one system call. It is small, so that the server runs the first while others are encoded. */
const MAX_CALLS = 16;

/**
 * Lets the calls of one turn of the event loop share system calls. A system call for each would take
 * as long as a short script, here and on the server.
 */
export class SharedWrites {
  /** The socket that keeps what is written to it until the next tick. */
  #socket: RedisSocket | undefined;
  #calls = 0;
  readonly #end = () => {
    this.#socket?.uncork();
    this.#socket = undefined;
    this.#calls = 0;
  };

  /**
   * Call it before a call is written to the socket. The call is sent with those that follow, on the
   * next tick at the latest.
   */
  begin(socket: RedisSocket | undefined): void {
    if (socket !== this.#socket || this.#calls === MAX_CALLS) this.#end();
    if (this.#calls === 0) {
      socket?.cork();
      this.#socket = socket;
      process.nextTick(this.#end);
    }
    this.#calls++;
  }
}
