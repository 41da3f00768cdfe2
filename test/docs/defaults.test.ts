import { describe, expect, test } from "vitest";
import { cacheDefaults } from "../../src/cache/defaults.js";
import { cartDefaults, cartWorkerDefaults } from "../../src/cart/defaults.js";
import { cdnDefaults } from "../../src/cdn/defaults.js";
import { defaults } from "../../src/client/index.js";
import type { DefaultsTable } from "../../src/core/defaults.js";
import { expiryDefaults, redriveDefaults, reservationDefaults } from "../../src/expiry/defaults.js";
import { httpDefaults } from "../../src/http/defaults.js";
import { idempotencyDefaults } from "../../src/idempotency/defaults.js";
import { imageDefaults } from "../../src/images/defaults.js";
import { keyvDefaults } from "../../src/keyv/defaults.js";
import { limitDefaults } from "../../src/limit/defaults.js";
import { lockDefaults } from "../../src/lock/defaults.js";
import { nextDefaults } from "../../src/next/defaults.js";
import { outboxDefaults } from "../../src/outbox/defaults.js";
import { jobDefaults, schedulerDefaults } from "../../src/scheduler/defaults.js";
import { syncDefaults as callDefaults } from "../../src/sync/defaults.js";
import { tuningDefaults } from "../../src/tuning/defaults.js";
import { counterDefaults, syncDefaults } from "../../src/views/defaults.js";
import { webhookDefaults } from "../../src/webhooks/defaults.js";
import { writeBehindDefaults, writeQueueDefaults } from "../../src/writebehind/defaults.js";
import { membersOf, textOf } from "../support/docs.js";

const { retryFirstMs, retryMaxMs, retryFactor } = expiryDefaults;
const workerDefaults = {
  ...expiryDefaults,
  retryDelayMs: {
    value: `{ firstMs: ${digits(retryFirstMs.value)}, maxMs: ${digits(retryMaxMs.value)}, factor: ${retryFactor.value} }`,
    because: "the three rows of the table",
  },
};
const { replicaWaitMs } = defaults;
const syncTable = {
  ...callDefaults,
  types: { value: '["default"]', because: "one kind of calls" },
  retryDelayMs: {
    value: `{ firstMs: ${digits(callDefaults.retryFirstMs.value)}, maxMs: ${digits(callDefaults.retryMaxMs.value)} }`,
    because: "the two rows of the table",
  },
};
const senderTable = {
  ...webhookDefaults,
  retryDelayMs: {
    value: `{ firstMs: ${digits(webhookDefaults.retryFirstMs.value)}, maxMs: ${digits(webhookDefaults.retryMaxMs.value)}, factor: ${webhookDefaults.retryFactor.value} }`,
    because: "the three rows of the table",
  },
};
const receiverTable = { ...webhookDefaults, source: { value: "default", because: "most have one sender" } };

interface OptionsInterface {
  readonly file: string;
  readonly name: string;
  readonly table: DefaultsTable;
}

const interfaces: readonly OptionsInterface[] = [
  { file: "src/client/script-client.ts", name: "ClientOptions", table: defaults },
  { file: "src/client/call/options.ts", name: "CallOptions", table: defaults },
  { file: "src/lock/options.ts", name: "LockOptions", table: { ...lockDefaults, replicaWaitMs } },
  { file: "src/limit/types.ts", name: "TakeArgs", table: { rememberMs: limitDefaults.rememberMs } },
  { file: "src/limit/types.ts", name: "PeekArgs", table: { cost: limitDefaults.cost } },
  { file: "src/limit/types.ts", name: "LimitOptions", table: limitDefaults },
  { file: "src/limit/using-types.ts", name: "PermitOptions", table: limitDefaults },
  { file: "src/http/rate-limit/request-limits.ts", name: "RequestLimitOptions", table: limitDefaults },
  { file: "src/idempotency/types.ts", name: "RunOptions", table: idempotencyDefaults },
  { file: "src/expiry/options.ts", name: "ExpiryWorkerOptions", table: workerDefaults },
  { file: "src/expiry/options.ts", name: "StopOptions", table: expiryDefaults },
  { file: "src/expiry/redrive.ts", name: "RedriveOptions", table: redriveDefaults },
  { file: "src/expiry/sweeper.ts", name: "ReservationSweeperOptions", table: reservationDefaults },
  { file: "src/cart/types.ts", name: "CartCommitArgs", table: cartDefaults },
  {
    file: "src/cart/worker.ts",
    name: "CartWorkerOptions",
    table: { ...cartWorkerDefaults, rememberMs: cartDefaults.rememberMs },
  },
  { file: "src/scheduler/scheduler.ts", name: "SchedulerOptions", table: schedulerDefaults },
  {
    file: "src/scheduler/job-runner.ts",
    name: "JobDefinition",
    table: { timeZone: jobDefaults.timeZone, timeoutMs: jobDefaults.timeoutMs },
  },
  {
    file: "src/keyv/store.ts",
    name: "KeyvStoreOptions",
    table: {
      ...keyvDefaults,
      cacheTimeoutMs: cacheDefaults.cacheTimeoutMs,
      maxBytes: cacheDefaults.maxBytes,
    },
  },
  {
    file: "src/next/options.ts",
    name: "NextCacheOptions",
    table: { ...nextDefaults, cacheTimeoutMs: cacheDefaults.cacheTimeoutMs },
  },
  { file: "src/cdn/purge/options.ts", name: "PurgerOptions", table: cdnDefaults },
  { file: "src/cdn/assets.ts", name: "ReadAssetsOptions", table: { maxFiles: cdnDefaults.maxFiles } },
  {
    file: "src/images/options.ts",
    name: "ImagesOptions",
    table: { ...imageDefaults, cacheTimeoutMs: cacheDefaults.cacheTimeoutMs },
  },
  { file: "src/views/counter.ts", name: "ViewCounterOptions", table: counterDefaults },
  { file: "src/views/sync.ts", name: "ViewSyncOptions", table: syncDefaults },
  { file: "src/writebehind/queue.ts", name: "WriteQueueOptions", table: writeQueueDefaults },
  { file: "src/writebehind/worker-options.ts", name: "WriteBehindOptions", table: writeBehindDefaults },
  { file: "src/http/options.ts", name: "IdempotencyKeyOptions", table: httpDefaults },
  { file: "src/http/adapters/options.ts", name: "KeyMiddlewareOptions", table: httpDefaults },
  { file: "src/http/key-options.ts", name: "RequestKeyOptions", table: httpDefaults },
  { file: "src/outbox/options.ts", name: "RelayOptions", table: outboxDefaults },
  { file: "src/sync/options.ts", name: "SyncOptions", table: syncTable },
  { file: "src/webhooks/sender-options.ts", name: "WebhookSenderOptions", table: senderTable },
  { file: "src/webhooks/receiver-options.ts", name: "WebhookReceiverOptions", table: receiverTable },
  { file: "src/tuning/options.ts", name: "FiguresOptions", table: tuningDefaults },
  { file: "src/tuning/tuner/options.ts", name: "FreshTunerOptions", table: tuningDefaults },
];

describe("the docstrings of options", () => {
  test.each(interfaces)(
    "of $name in $file state the defaults of the table",
    async ({ file, name, table }) => {
      const options = membersOf(await textOf(file), name);
      const stated = new Map<string, string>();
      const wanted = new Map<string, string>();
      for (const [option, doc] of options) {
        const value = /\b[Dd]efault:? (?:the client's, )?(`[^`]+`|\d(?:[\d,]*\d)?)/.exec(doc)?.[1];
        if (value !== undefined) stated.set(option, value);
        const row = table[option];
        if (row) wanted.set(option, shown(row.value));
      }
      expect(wanted.size).toBeGreaterThan(0);
      expect(Object.fromEntries(stated)).toEqual(Object.fromEntries(wanted));
    },
  );
});

const pages = [
  { page: "docs/locks.md", before: "## Options", table: { ...lockDefaults, replicaWaitMs } },
  { page: "docs/limits.md", before: "| Argument |", table: limitDefaults },
  {
    page: "docs/limits.md",
    before: "| Option | Default | What it does |\n| --- | --- | --- |\n| `onUn",
    table: limitDefaults,
  },
  { page: "docs/limits.md", before: "`acme.limit.using(name, options, work)` runs", table: limitDefaults },
  { page: "docs/limits.md", before: "### Options of the plugin", table: limitDefaults },
  { page: "docs/idempotency.md", before: "| Option |", table: idempotencyDefaults },
  {
    page: "docs/idempotency.md",
    before: "### Options of the plugin",
    table: { ...idempotencyDefaults, ...httpDefaults },
  },
  { page: "docs/frameworks.md", before: "### Options of keys", table: httpDefaults },
  { page: "docs/frameworks.md", before: "## Limits of requests", table: limitDefaults },
  { page: "docs/expiry.md", before: "### Options of a worker", table: workerDefaults },
  { page: "docs/expiry.md", before: '`worker.redrive("acme")` makes', table: redriveDefaults },
  { page: "docs/expiry.md", before: "### Options of a sweeper", table: reservationDefaults },
  { page: "docs/views.md", before: "### Options of `countViews`", table: counterDefaults },
  { page: "docs/views.md", before: "### Options of `createViewSync`", table: syncDefaults },
  {
    page: "docs/images.md",
    before: "## Options",
    table: { ...imageDefaults, cacheTimeoutMs: cacheDefaults.cacheTimeoutMs },
  },
  { page: "docs/outbox.md", before: "## Options of the relay", table: outboxDefaults },
  { page: "docs/sync.md", before: "## Options of createSync", table: syncTable },
  { page: "docs/webhooks.md", before: "### Options of createWebhookSender", table: senderTable },
  { page: "docs/webhooks.md", before: "### Options of createWebhookReceiver", table: receiverTable },
  { page: "docs/tuning.md", before: "## Options of `collectFigures`", table: tuningDefaults },
  { page: "docs/tuning.md", before: "## Options of `createFreshTuner`", table: tuningDefaults },
  { page: "docs/write-behind.md", before: "### Options of `createWriteQueue`", table: writeQueueDefaults },
  { page: "docs/write-behind.md", before: "### Options of `createWriteBehind`", table: writeBehindDefaults },
  {
    page: "docs/nextjs.md",
    before: "## Options",
    table: { ...nextDefaults, cacheTimeoutMs: cacheDefaults.cacheTimeoutMs },
  },
  { page: "docs/scheduler.md", before: "## Options", table: schedulerDefaults },
  { page: "docs/scheduler.md", before: "## Options of a job", table: jobDefaults },
] as const;

describe("the tables of options in the docs", () => {
  test.each(pages)("after $before in $page state the table's defaults", async ({ page, before, table }) => {
    const rows = rowsAfter(await textOf(page), before);
    const wanted = rows.flatMap(({ option, value }) => {
      const row = Object.entries(table).find(([name]) => name === option)?.[1];
      return row && value !== "required" ? [{ option, value: shown(row.value) }] : [];
    });
    expect(wanted.length).toBeGreaterThan(0);
    expect(rows.filter(({ value }) => /^(`|\d)/.test(value))).toEqual(wanted);
  });
});

/** The first two cells of the rows of the first table after a text. */
function rowsAfter(page: string, before: string): { readonly option: string; readonly value: string }[] {
  const at = page.indexOf(before);
  if (at < 0) throw new Error(`the page has no "${before}"`);
  const [table = ""] = /^\|(?:.*\|\n)+/m.exec(page.slice(page.lastIndexOf("\n", at) + 1)) ?? [];
  return table
    .split("\n")
    .slice(2)
    .flatMap((line) => {
      const [, first = "", value = ""] = line.split(" | ").length > 1 ? cells(line) : [];
      const option = /`(\w+)`/.exec(first)?.[1];
      return option === undefined ? [] : [{ option, value }];
    });
}

function cells(line: string): string[] {
  return line.split("|").map((cell) => cell.trim());
}

function shown(value: number | string): string {
  return typeof value === "number" ? value.toLocaleString("en-GB") : `\`${value}\``;
}

function digits(value: number): string {
  return value.toLocaleString("en-GB").replaceAll(",", "_");
}
