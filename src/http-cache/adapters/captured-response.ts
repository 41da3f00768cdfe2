import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import type { OriginResponse } from "../message/message.js";
import { ofHeaders } from "./node-message.js";

type Chunk = string | Uint8Array;
type Written = (error?: Error | null) => void;

/**
 * Takes what a handler writes to a response of node:http, so that the cache sees it before the client. Call
 * `release` before the real answer is sent.
 */
export class CapturedResponse {
  readonly #response: ServerResponse;
  readonly #original: Pick<ServerResponse, "writeHead" | "write" | "end" | "flushHeaders">;
  readonly #onResponse: (response: OriginResponse) => void;
  #body: PassThrough | undefined;
  #isHeadKnown = false;

  /** @param onResponse is called once, when the head is known */
  constructor(response: ServerResponse, onResponse: (response: OriginResponse) => void) {
    this.#response = response;
    this.#onResponse = onResponse;
    const { writeHead, write, end, flushHeaders } = response;
    this.#original = { writeHead, write, end, flushHeaders };
    Object.assign(response, {
      writeHead: (status: number, ...more: unknown[]) => {
        response.statusCode = status;
        this.#setHeaders(more);
        return response;
      },
      flushHeaders: () => this.#stream(),
      write: (chunk: Chunk, encoding?: BufferEncoding | Written, written?: Written) => {
        const body = this.#stream();
        return typeof encoding === "string"
          ? body.write(chunk, encoding, written)
          : body.write(chunk, encoding);
      },
      end: (chunk?: Chunk | Written, encoding?: BufferEncoding | Written, ended?: Written) => {
        this.#end(chunk, encoding, ended);
        return response;
      },
    });
    // Frameworks ask whether an error can still be sent.
    Object.defineProperty(response, "headersSent", { configurable: true, get: () => this.#isHeadKnown });
    Object.defineProperty(response, "writableEnded", {
      configurable: true,
      get: () => this.#isHeadKnown && (this.#body?.writableEnded ?? true),
    });
  }

  /** The response writes to its client again. */
  release(): void {
    Reflect.deleteProperty(this.#response, "headersSent");
    Reflect.deleteProperty(this.#response, "writableEnded");
    Object.assign(this.#response, this.#original);
  }

  #setHeaders(more: readonly unknown[]): void {
    const [first, second] = more;
    if (typeof first === "string") this.#response.statusMessage = first;
    const headers = typeof first === "string" ? second : first;
    if (Array.isArray(headers)) {
      for (let at = 0; at + 1 < headers.length; at += 2)
        this.#response.appendHeader(String(headers[at]), String(headers[at + 1]));
    } else if (isHeaders(headers)) {
      for (const [name, value] of Object.entries(headers))
        if (value !== undefined) this.#response.setHeader(name, value);
    }
  }

  #end(chunk?: Chunk | Written, encoding?: BufferEncoding | Written, ended?: Written): void {
    const done = [chunk, encoding, ended].find((each) => typeof each === "function");
    const bytes = typeof chunk === "string" || chunk instanceof Uint8Array ? chunk : undefined;
    const text = typeof encoding === "string" ? encoding : "utf8";
    if (this.#body) {
      if (bytes === undefined) this.#body.end();
      else this.#body.end(bytes, text);
    } else if (!this.#isHeadKnown) {
      this.#isHeadKnown = true;
      const whole = typeof bytes === "string" ? Buffer.from(bytes, text) : bytes;
      this.#respond(whole);
    }
    if (typeof done === "function") process.nextTick(done);
  }

  /** The body, which is more than one part. */
  #stream(): PassThrough {
    if (this.#body) return this.#body;
    this.#body = new PassThrough();
    // The handler waits like for a client.
    this.#body.on("drain", () => this.#response.emit("drain"));
    // A client that leaves is no error of the handler.
    this.#body.on("error", () => undefined);
    this.#isHeadKnown = true;
    this.#respond(this.#body);
    return this.#body;
  }

  #respond(body: OriginResponse["body"]): void {
    const { statusCode: status, statusMessage, req } = this.#response;
    this.#onResponse({
      status,
      statusText: statusMessage ?? "",
      fields: ofHeaders(this.#response.getHeaders()),
      body: req.method === "HEAD" ? undefined : body,
    });
  }
}

function isHeaders(headers: unknown): headers is OutgoingHttpHeaders {
  return typeof headers === "object" && headers !== null;
}
