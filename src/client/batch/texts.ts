/** The reply of the single form as ioredis would return it: with texts instead of buffers. */
export function textsOf(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString("utf8");
  return Array.isArray(reply) ? reply.map(textsOf) : reply;
}
