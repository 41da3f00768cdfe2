/** A response as it is kept and replayed. Text is kept as it is, bytes in base64. */
export interface KeptResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly encoding: "utf8" | "base64";
}

/** Whatever has headers: a reply of Fastify. */
interface Headers {
  readonly statusCode: number;
  getHeader(name: string): number | string | readonly string[] | undefined;
}

/** Undefined for what cannot be kept: streams. */
export function keptResponse(
  reply: Headers,
  payload: unknown,
  names: readonly string[],
): KeptResponse | undefined {
  const headers = Object.fromEntries(
    names.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)] as const];
    }),
  );
  const status = reply.statusCode;
  if (payload === undefined || payload === null) return { status, headers, body: null, encoding: "utf8" };
  if (typeof payload === "string") return { status, headers, body: payload, encoding: "utf8" };
  if (payload instanceof Uint8Array)
    return { status, headers, body: Buffer.from(payload).toString("base64"), encoding: "base64" };
  return undefined;
}

/** The bytes that were sent first; undefined where there were none. */
export function bodyOf({ body, encoding }: KeptResponse): Buffer | undefined {
  return body === null ? undefined : Buffer.from(body, encoding);
}
