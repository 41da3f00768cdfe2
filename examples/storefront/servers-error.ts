/** A server exists, but cannot be used. The message names it and the reason. */
export class ServersError extends Error {
  override readonly name = "ServersError";
}
