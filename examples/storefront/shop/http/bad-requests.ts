import type { Duplex } from "node:stream";
import type { FastifyReply } from "fastify";

/**
 * Replies to a request whose URL matches no route, because it cannot be decoded or a part of it is
 * too long.
 */
export function replyToBadUrl(error: Error, _request: unknown, reply: FastifyReply): void {
  const status = "statusCode" in error && error.statusCode === 414 ? 414 : 400;
  const message = `the request's address ${status === 414 ? "is too long" : "cannot be read"}`;
  const body = JSON.stringify({ code: "BAD_REQUEST", message });
  const head = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  reply.raw.writeHead(status, head).end(body);
}

const PARSE_ERRORS: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "the request's head is too long"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "the request took too long to arrive"],
};

/**
 * Replies to a request that is not HTTP, too long or too slow, in the form of all errors, and
 * closes the connection. The client has `lingerMs` to read the reply. Then the connection ends,
 * even if the client still sends.
 */
export function replyToParseError(lingerMs: number) {
  return (error: Error & { readonly code?: string }, socket: Duplex): void => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, message] = PARSE_ERRORS[error.code ?? ""] ?? [
      "400 Bad Request",
      "this is not an HTTP request",
    ];
    const body = JSON.stringify({ code: "BAD_REQUEST", message });
    const head = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    socket.once("close", () => clearTimeout(timer));
    socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`);
  };
}
