import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A position in a text, from 0, as the Language Server Protocol counts. */
interface Position {
  readonly line: number;
  readonly character: number;
}

/** Where a definition stands. */
export interface Definition {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** TypeScript's language server (`tsc --lsp`), asked what an editor asks. */
export class LanguageServer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #pending = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  readonly #texts = new Map<string, string>();
  #received = Buffer.alloc(0);
  #lastId = 0;

  private constructor(readonly root: string) {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    this.#process = spawn(process.execPath, [tsc, "--lsp", "--stdio"], { cwd: root });
    this.#process.stdout.on("data", (data: Buffer) => this.#read(data));
    this.#process.once("exit", (code) => {
      for (const { reject } of this.#pending.values())
        reject(new Error(`the language server ended with ${code}`));
    });
  }

  /** Starts a server for the TypeScript project of a folder. */
  static async start(root: string): Promise<LanguageServer> {
    const server = new LanguageServer(root);
    await server.#request("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(root).href,
      capabilities: {
        textDocument: { hover: { contentFormat: ["markdown"] }, definition: { linkSupport: true } },
      },
    });
    server.#send({ method: "initialized", params: {} });
    return server;
  }

  /** Opens a file of this text, whether it is on the disk or not. */
  open(path: string, text: string): void {
    this.#texts.set(path, text);
    const textDocument = { uri: this.#uri(path), languageId: "typescript", version: 1, text };
    this.#send({ method: "textDocument/didOpen", params: { textDocument } });
  }

  /**
   * What an editor shows, as Markdown, when the pointer is on the last character of the first such
   * text.
   */
  async hover(path: string, text: string): Promise<string> {
    const result = await this.#request("textDocument/hover", this.#at(path, text));
    const value = property(property(result, "contents"), "value");
    if (typeof value !== "string") throw new Error(`nothing is shown for ${text}`);
    return value;
  }

  /** Where "go to definition" leads to from the last character of the first such text. */
  async definition(path: string, text: string): Promise<Definition> {
    const result = await this.#request("textDocument/definition", this.#at(path, text));
    const [first] = Array.isArray(result) ? (result as unknown[]) : [];
    const uri = property(first, "targetUri");
    const line = property(property(property(first, "targetSelectionRange"), "start"), "line");
    if (typeof uri !== "string" || typeof line !== "number") throw new Error(`nothing defines ${text}`);
    return { path: uri.slice(`${pathToFileURL(this.root).href}/`.length), line: line + 1 };
  }

  /** The messages of the compiler on a file, as `line: message`. */
  async problems(path: string): Promise<string[]> {
    const result = await this.#request("textDocument/diagnostic", { textDocument: { uri: this.#uri(path) } });
    const items = property(result, "items");
    if (!Array.isArray(items)) throw new Error("the language server gave no diagnostics");
    return items.map((item: unknown) => {
      const line = property(property(property(item, "range"), "start"), "line");
      return `${Number(line) + 1}: ${String(property(item, "message"))}`;
    });
  }

  stop(): void {
    this.#process.kill();
  }

  #at(path: string, text: string): object {
    return { textDocument: { uri: this.#uri(path) }, position: this.#position(path, text) };
  }

  #position(path: string, text: string): Position {
    const whole = this.#texts.get(path) ?? "";
    const index = whole.indexOf(text);
    if (index < 0) throw new Error(`${path} does not contain ${text}`);
    const before = whole.slice(0, index + text.length - 1).split("\n");
    return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  }

  #uri(path: string): string {
    return pathToFileURL(join(this.root, path)).href;
  }

  #request(method: string, params: object): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.#process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#process.stdin.write(body);
  }

  #read(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#received.toString("latin1", 0, end))?.[1]);
      const next = end + 4 + length;
      if (this.#received.length < next) return;
      const message: unknown = JSON.parse(this.#received.toString("utf8", end + 4, next));
      this.#received = this.#received.subarray(next);
      this.#handle(message);
    }
  }

  #handle(message: unknown): void {
    const id = property(message, "id");
    if (property(message, "method") !== undefined) {
      // The server asks for settings and registers capabilities; it goes on with none of them.
      if (id !== undefined) this.#send({ id, result: null });
      return;
    }
    const pending = this.#pending.get(Number(id));
    this.#pending.delete(Number(id));
    const error = property(message, "error");
    if (error === undefined) pending?.resolve(property(message, "result"));
    else pending?.reject(new Error(String(property(error, "message"))));
  }
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
