import type { Connectable } from "./redis.js";

/** A connection or a cluster, with the options that its errors depend on. */
export interface FaultyTarget extends Connectable {
  readonly options: object;
}

/**
 * The error of an event `error`. A cluster reports the error of its last node inside of its own. The text
 * of an error that TLS may have caused says so.
 */
export function connectionFault(given: unknown, target: FaultyTarget): Error {
  if (!(given instanceof Error)) return new Error("the connection reports an unknown error");
  const inner = "lastNodeError" in given ? given.lastNodeError : undefined;
  const fault = inner instanceof Error ? inner : given;
  if (!isResetBeforeReply(fault, target)) return fault;
  return withName(fault, `${fault.message}; a port with TLS needs rediss: or the option tls`);
}

/** The server has closed the connection before its first reply, and the client does not use TLS. */
function isResetBeforeReply({ message }: Error, target: FaultyTarget): boolean {
  return /ECONNRESET|EPIPE/.test(message) && target.status !== "ready" && !usesTls(target.options);
}

function withName({ name }: Error, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

function usesTls(options: object): boolean {
  if ("redisOptions" in options && typeof options.redisOptions === "object" && options.redisOptions)
    return usesTls(options.redisOptions);
  return "tls" in options && Boolean(options.tls);
}

/** Why a connection that has reported no error is not usable yet. */
export function unfinishedState({ status, options }: FaultyTarget): Error {
  if (status === "connect") return new Error("the server accepts the connection, but does not reply");
  if (status === "connecting" && usesTls(options))
    return new Error("the TLS handshake has no reply; a port without TLS needs redis: in place of rediss:");
  if (status === "connecting") return new Error("the server does not accept the connection");
  return new Error("the server has closed the connection");
}

/**
 * The server's error, if it has refused the login of the connection: NOAUTH, WRONGPASS or NOPERM. To
 * wait longer would not help.
 */
export function loginRefusal({ message }: Error): Error | undefined {
  const [text] = /\b(?:NOAUTH|WRONGPASS|NOPERM) .*/s.exec(message) ?? [];
  if (text === undefined) return undefined;
  const refusal = new Error(text);
  // The name by which ioredis marks errors of the server.
  refusal.name = "ReplyError";
  return refusal;
}

/**
 * Prints an error that no listener of the caller hears. ioredis would do the same, but only if an
 * event has no listener at all.
 */
export function reportUnheard(target: Connectable, error: Error): void {
  if (target.listenerCount("error") === 1) {
    console.error("The connection to Redis reports an error, and nothing listens to it:", error.message);
  }
}
