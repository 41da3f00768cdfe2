import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { PassThrough, Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { OriginResponse, Reply } from "../message/message.js";
import { ofHeaders, setRepeated } from "./node-message.js";

type Chunk = string | Uint8Array;
type Written = (error?: Error | null) => void;
type Methods = Pick<ServerResponse, "writeHead" | "write" | "end" | "flushHeaders" | "emit" | "destroy">;

/** What happens to a captured response. */
export interface Capture {
  /** The head is known. Called once. */
  onResponse(response: OriginResponse): void;
  /** There will be no response. */
  onFailure(error: Error): void;
  /** Milliseconds that a handler without an answer has after its client has gone. */
  readonly graceMs: number;
}

/**
 * Takes what a handler writes to a response of node:http, so that the cache sees it before the client. The
 * handler does not learn that its client has gone while others may want the response.
 */
export class CapturedResponse {
  readonly #response: ServerResponse;
  readonly #methods: Methods;
  readonly #capture: Capture;
  #body: PassThrough | undefined;
  #isHeadKnown = false;
  #isEnded = false;
  /** The client has gone, and the handler does not know it yet. */
  #isCloseHeld = false;
  #client: Writable | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, capture: Capture) {
    this.#response = response;
    this.#capture = capture;
    const { writeHead, write, end, flushHeaders, emit, destroy } = response;
    this.#methods = { writeHead, write, end, flushHeaders, emit, destroy };
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
      emit: (event: string, ...args: unknown[]) => this.#emit(event, args),
      destroy: (error?: Error) => {
        this.#fail(error ?? new Error("the handler has destroyed its response"));
        return response;
      },
    });
    // Frameworks ask whether an error can still be sent.
    Object.defineProperty(response, "headersSent", { configurable: true, get: () => this.#isHeadKnown });
    Object.defineProperty(response, "writableEnded", { configurable: true, get: () => this.#isEnded });
  }

  /** Sends the answer to the client. It rejects if the client or the body ends early. */
  async send({ status, statusText, fields, body }: Reply): Promise<void> {
    const { writeHead, write, end } = this.#methods;
    const response = this.#response;
    Reflect.apply(writeHead, response, [status, statusText, setRepeated(response, fields).toRaw()]);
    if (body === undefined || body instanceof Uint8Array) {
      Reflect.apply(end, response, [body]);
      return;
    }
    const client = new Writable({
      write: (chunk: Buffer, encoding, written) => {
        Reflect.apply(write, response, [chunk, encoding, written]);
      },
      final: (ended) => {
        Reflect.apply(end, response, [() => ended()]);
      },
    });
    this.#client = client;
    if (response.destroyed) client.destroy();
    await pipeline(Readable.from(body, { objectMode: false }), client);
  }

  /** Closes the connection. */
  abort(error: unknown): void {
    this.#methods.destroy.call(this.#response, error instanceof Error ? error : undefined);
  }

  #emit(event: string, args: readonly unknown[]): boolean {
    if (event === "close") {
      const ended = this.#response.writableFinished ? undefined : new Error("the client has gone");
      if (!this.#client?.writableFinished) this.#client?.destroy(ended);
      if (!this.#isEnded) {
        this.#isCloseHeld = true;
        if (!this.#isHeadKnown) this.#limit();
        else if (this.#body?.destroyed) this.#tellClosed();
        return true;
      }
    }
    return Boolean(Reflect.apply(this.#methods.emit, this.#response, [event, ...args]));
  }

  #limit(): void {
    this.#grace = setTimeout(() => {
      this.#tellClosed();
      if (!this.#isHeadKnown) this.#capture.onFailure(new Error("the handler did not answer"));
    }, this.#capture.graceMs);
    this.#grace.unref();
  }

  #tellClosed(): void {
    clearTimeout(this.#grace);
    if (!this.#isCloseHeld) return;
    this.#isCloseHeld = false;
    Reflect.apply(this.#methods.emit, this.#response, ["close"]);
  }

  #setHeaders(more: readonly unknown[]): void {
    const [first, second] = more;
    if (typeof first === "string") this.#response.statusMessage = first;
    const headers = typeof first === "string" ? second : first;
    if (Array.isArray(headers)) {
      const pairs: (readonly [string, string])[] = [];
      for (let at = 0; at + 1 < headers.length; at += 2)
        pairs.push([String(headers[at]), String(headers[at + 1])]);
      for (const [name] of pairs) this.#response.removeHeader(name);
      for (const [name, value] of pairs) this.#response.appendHeader(name, value);
    } else if (isHeaders(headers)) {
      for (const [name, value] of Object.entries(headers))
        if (value !== undefined) this.#response.setHeader(name, value);
    }
  }

  #end(chunk?: Chunk | Written, encoding?: BufferEncoding | Written, ended?: Written): void {
    const done = [chunk, encoding, ended].find((each) => typeof each === "function");
    const bytes = typeof chunk === "string" || chunk instanceof Uint8Array ? chunk : undefined;
    const text = typeof encoding === "string" ? encoding : "utf8";
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#body) {
      if (bytes === undefined) this.#body.end();
      else this.#body.end(bytes, text);
    } else if (!this.#isHeadKnown) {
      const whole = typeof bytes === "string" ? Buffer.from(bytes, text) : bytes;
      this.#respond(whole);
    }
    if (typeof done === "function") process.nextTick(done);
    process.nextTick(() => this.#tellClosed());
  }

  #fail(error: Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#body) this.#body.destroy(error);
    else if (!this.#isHeadKnown) {
      this.#isHeadKnown = true;
      this.#capture.onFailure(error);
    }
    process.nextTick(() => this.#tellClosed());
  }

  /** The body, which is more than one part. */
  #stream(): PassThrough {
    if (this.#body) return this.#body;
    const body = new PassThrough();
    this.#body = body;
    // The handler waits like for a client.
    body.on("drain", () => this.#response.emit("drain"));
    // A client that leaves is no error of the handler.
    body.on("error", () => undefined);
    // Nobody wants the rest.
    body.on("close", () => this.#tellClosed());
    this.#respond(body);
    return body;
  }

  #respond(body: OriginResponse["body"]): void {
    this.#isHeadKnown = true;
    clearTimeout(this.#grace);
    const { statusCode: status, statusMessage, req } = this.#response;
    this.#capture.onResponse({
      status,
      statusText: statusMessage ?? "",
      fields: ofHeaders(this.#response.getHeaders()),
      body: req.method === "HEAD" ? undefined : body,
    });
    if (req.method === "HEAD" && body instanceof PassThrough) body.resume();
  }
}

function isHeaders(headers: unknown): headers is OutgoingHttpHeaders {
  return typeof headers === "object" && headers !== null;
}
