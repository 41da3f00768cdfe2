import { randomUUID } from "node:crypto";
import { checkedScope } from "../client/index.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";
import { type OutboxTransaction, runnerOf } from "../outbox/index.js";
import { webhookDefaults as defaults } from "./defaults.js";
import { MESSAGE_ID } from "./signature.js";

/** A webhook, and who gets it. */
export interface OutgoingWebhook {
  /** The names of endpoints, as `createWebhookSender` has them. At most 100. */
  readonly endpoints: readonly string[];
  /** What has happened, such as `stock.updated`. */
  readonly type: string;
  /** What receivers need to know, as JSON. Receivers may be strangers, so it should hold no secret. */
  readonly data: unknown;
  /** The name of the message. A second one with the same name is not stored while the first one waits. */
  readonly id?: string | undefined;
}

/** The outbox of webhooks in a database, as `createWebhookOutbox` returns it. */
export interface WebhookOutbox {
  /**
   * Writes a webhook in your transaction, once for each endpoint. If the transaction commits, a sender
   * delivers it, also if this process dies. If it rolls back, nothing is sent.
   *
   * @returns the name of the message, which receivers get as `webhook-id`
   * @throws ArgumentError for a pool, or a webhook that could never be delivered
   */
  enqueue(tx: OutboxTransaction, webhook: OutgoingWebhook): Promise<string>;
}

const webhookNames: OptionNames<OutgoingWebhook> = { endpoints: true, type: true, data: true, id: true };

/** The name of an endpoint, and the type of a message. */
export const NAME = /^[A-Za-z][\w.-]{0,127}$/;
const MAX_ENDPOINTS = 100;

/**
 * Makes the outbox of one namespace. Its table is one of those of `createTables`.
 *
 * ```ts
 * const webhooks = createWebhookOutbox({ namespace: "shop" });
 * const data = { product: "lamp" };
 * await inTransaction(pool, async (tx) => {
 *   await tx.query("update products set name = $2 where id = $1", ["lamp", "Lamp"]);
 *   await webhooks.enqueue(tx, { endpoints: ["search"], type: "product.changed", data });
 * });
 * ```
 *
 * @param client `{ namespace: "shop" }` is enough
 * @throws ArgumentError for a namespace that is not valid
 */
export function createWebhookOutbox(client: { readonly namespace: string }): WebhookOutbox {
  const namespace = readFrom("client", () => client.namespace);
  checkedScope({ namespace, tenant: "any" });
  return {
    async enqueue(tx, webhook) {
      const run = runnerOf(tx);
      const { rows, message } = readFrom("webhook", () => rowsOf(namespace, webhook));
      await run(insertOf(rows));
      return message;
    },
  };
}

function rowsOf(namespace: string, webhook: OutgoingWebhook) {
  refuseUnknownOptions(webhook, webhookNames);
  const { endpoints, type, data, id: message = `msg_${randomUUID().replaceAll("-", "")}` } = webhook;
  if (!Array.isArray(endpoints) || endpoints.length === 0 || endpoints.length > MAX_ENDPOINTS)
    throw new ArgumentError("endpoints", `1 to ${MAX_ENDPOINTS} names`);
  for (const name of endpoints) checkName("endpoints", name);
  checkName("type", type);
  if (typeof message !== "string" || !MESSAGE_ID.test(message))
    throw new ArgumentError("id", "1 to 128 letters, digits, _ and -");
  const body = bodyOf(type, data);
  return {
    message,
    // jsonb refuses an escaped \u0000 in a text, and hexadecimal digits have none.
    rows: [...new Set(endpoints)].map((endpoint) => ({
      namespace,
      endpoint,
      message,
      body: Buffer.from(body).toString("hex"),
    })),
  };
}

/** @throws ArgumentError that names the argument */
export function checkName(argument: string, name: unknown): void {
  if (typeof name !== "string" || !NAME.test(name))
    throw new ArgumentError(argument, "a letter, and then letters, digits, ., - and _; at most 128");
}

function bodyOf(type: string, data: unknown): string {
  let body: string | undefined;
  try {
    body = JSON.stringify({ type, timestamp: new Date().toISOString(), data: data ?? null });
  } catch {
    body = undefined;
  }
  if (body === undefined || Buffer.byteLength(body) > defaults.maxBodyBytes.value)
    throw new ArgumentError("data", `a value of at most ${defaults.maxBodyBytes.value} bytes of JSON`);
  return body;
}

/**
 * A statement without parameters, because not every library can pass them. All that comes from the caller is
 * hexadecimal digits.
 */
function insertOf(rows: readonly object[]): string {
  const hex = Buffer.from(JSON.stringify(rows)).toString("hex");
  return `insert into moonpath_webhooks (namespace, endpoint, message, body)
    select namespace, endpoint, message, convert_from(decode(body, 'hex'), 'UTF8')
    from jsonb_to_recordset(convert_from(decode('${hex}', 'hex'), 'UTF8')::jsonb)
      as webhook (namespace text, endpoint text, message text, body text)
    on conflict (namespace, endpoint, message) do nothing`;
}
