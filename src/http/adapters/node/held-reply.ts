import type { ServerResponse } from "node:http";
import type { PlainReply } from "../../plain-reply.js";
import { sendReply } from "./send.js";

/**
 * - `open`: the handler has sent nothing.
 * - `held`: the handler has begun to send, and its calls wait.
 * - `passing`: its calls are those of the response.
 * - `replaced`: another reply was sent, and its calls have no effect.
 */
type State = "open" | "held" | "passing" | "replaced";

/** What a handler begins to send: its whole body, or the first part of a stream. */
export type BegunReply =
  | { readonly kind: "whole"; readonly bytes: Uint8Array | undefined }
  | { readonly kind: "stream" };

/** The functions of a response that send something. */
type Sending = "writeHead" | "write" | "end" | "flushHeaders";

/**
 * Holds the reply of a handler back until it is recorded. A reply by a single `end` is whole; one
 * by `write` is a stream.
 */
export class HeldReply {
  readonly #response: ServerResponse;
  readonly #original: Pick<ServerResponse, Sending>;
  readonly #onReply: (begun: BegunReply) => void;
  readonly #calls: { readonly name: Sending; readonly args: readonly unknown[] }[] = [];
  #state: State = "open";

  /** @param onReply is called once, when the handler begins to send. It must settle this object */
  constructor(response: ServerResponse, onReply: (begun: BegunReply) => void) {
    this.#response = response;
    this.#onReply = onReply;
    const { writeHead, write, end, flushHeaders } = response;
    this.#original = { writeHead, write, end, flushHeaders };
    response.writeHead = (...args: readonly unknown[]) => {
      if (this.#state === "open") this.#setHead(args);
      else if (this.#state === "passing") this.#call("writeHead", args);
      return response;
    };
    response.write = (...args: readonly unknown[]) => this.#send("write", args);
    response.end = (...args: readonly unknown[]) => {
      this.#send("end", args);
      return response;
    };
    response.flushHeaders = () => {
      this.#send("flushHeaders", []);
    };
  }

  /** Whether the handler has sent nothing yet. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Sends what the handler has sent, and all that follows. */
  release(): void {
    this.#pass();
    let isWritable: unknown = false;
    for (const { name, args } of this.#calls.splice(0)) {
      const result = this.#call(name, args);
      isWritable = name === "write" ? result : name === "flushHeaders";
    }
    if (isWritable === true) this.#response.emit("drain");
  }

  /** Sends another reply. The headers `removed` describe the handler's own. */
  replace(reply: PlainReply, removed: readonly string[]): void {
    const response = this.#response;
    this.#pass();
    for (const name of removed) response.removeHeader(name);
    response.statusMessage = "";
    sendReply(response, reply);
    this.#state = "replaced";
    // A late handler must not throw because the headers are sent.
    response.setHeader = () => response;
    response.appendHeader = () => response;
    response.removeHeader = () => {};
    for (const { args } of this.#calls.splice(0)) callBack(args);
  }

  /** Sends nothing of the handler's reply. The next reply passes. */
  abandon(removed: readonly string[]): void {
    this.#pass();
    for (const name of ["content-length", ...removed]) this.#response.removeHeader(name);
    for (const { args } of this.#calls.splice(0)) callBack(args);
  }

  #send(name: Sending, args: readonly unknown[]): boolean {
    switch (this.#state) {
      case "passing":
        return this.#call(name, args) === true;
      case "replaced":
        callBack(args);
        return true;
      case "held":
        this.#hold(name, args);
        return false;
      case "open":
        this.#state = "held";
        this.#hold(name, args);
        this.#onReply(name === "end" ? { kind: "whole", bytes: bytesOf(args) } : { kind: "stream" });
        return false;
    }
  }

  /** Keeps a call for later. The response looks as Node has it after the call. */
  #hold(name: Sending, args: readonly unknown[]): void {
    this.#calls.push({ name, args });
    const isTrue = { value: true, configurable: true };
    Object.defineProperty(this.#response, "headersSent", isTrue);
    if (name === "end") Object.defineProperty(this.#response, "writableEnded", isTrue);
  }

  #pass(): void {
    this.#state = "passing";
    Reflect.deleteProperty(this.#response, "headersSent");
    Reflect.deleteProperty(this.#response, "writableEnded");
  }

  #call(name: Sending, args: readonly unknown[]): unknown {
    const result: unknown = Reflect.apply(this.#original[name], this.#response, args);
    return result;
  }

  /** Sets what `writeHead` would send, as Node does: `(status, message?, headers?)`. */
  #setHead([status, ...rest]: readonly unknown[]): void {
    const response = this.#response;
    response.statusCode = Number(status);
    const [message] = rest;
    if (typeof message === "string") response.statusMessage = message;
    const headers = typeof message === "string" ? rest[1] : message;
    const pairs = pairsOf(headers);
    for (const [name] of pairs) response.removeHeader(name);
    for (const [name, value] of pairs) response.appendHeader(name, value);
  }
}

/** The headers of `writeHead`: an object, or a list of names and values in turn. */
function pairsOf(headers: unknown): (readonly [string, string | string[]])[] {
  if (typeof headers !== "object" || headers === null) return [];
  if (!Array.isArray(headers)) return Object.entries(headers).map(([name, value]) => [name, textsOf(value)]);
  const list: readonly unknown[] = headers;
  return list.flatMap((name, index) =>
    index % 2 === 0 ? [[String(name), textsOf(list[index + 1])] as const] : [],
  );
}

function textsOf(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(String) : String(value);
}

/** The body of `end(chunk?, encoding?, callback?)`. */
function bytesOf([chunk, encoding]: readonly unknown[]): Uint8Array | undefined {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk !== "string") return undefined;
  return Buffer.from(chunk, typeof encoding === "string" && Buffer.isEncoding(encoding) ? encoding : "utf8");
}

/** Calls the callback of a call that sends nothing. */
function callBack(args: readonly unknown[]): void {
  const callback = args.at(-1);
  if (typeof callback === "function") process.nextTick(() => Reflect.apply(callback, undefined, []));
}
