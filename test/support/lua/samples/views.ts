import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

export const views = [
  sample(scripts.views.add, (tenant) => tenant.views.add, {
    args: (shard) => ({
      shard,
      operation: "page-1",
      views: [
        { product: "lamp", count: 1 },
        { product: "vase", count: 2 },
      ],
      rememberMs: 60_000,
    }),
    given: ["HSET {views} lamp 4 rug 1"],
    reply: { outcome: "added" },
    again: { outcome: "repeated" },
    unread: { "views rug": "only the products viewed are counted" },
  }),
  sample(scripts.views.take, (tenant) => tenant.views.take, {
    args: (shard) => ({ shard, limit: 10 }),
    given: ["HSET {views} vase 2 lamp 5", "SET {views_sequence} 8000000000000000"],
    reply: {
      outcome: "batch",
      batch: 8_000_000_000_000_001,
      views: [
        { product: "vase", count: 2 },
        { product: "lamp", count: 5 },
      ],
      previous: 8_000_000_000_000_000,
    },
  }),
  sample(scripts.views.ack, (tenant) => tenant.views.ack, {
    args: (shard) => ({ shard, batch: 7 }),
    given: ['HSET {views_batch} vase 2 lamp 5 "" 6', "SET {views_sequence} 7"],
    reply: { outcome: "acked" },
    unread: { "views_batch lamp": "it goes", "views_batch vase": "it goes", "views_batch ": "it goes" },
  }),
  sample(scripts.views.visit, (tenant) => tenant.views.visit, {
    args: (product) => ({
      product,
      period: "2026-11-27",
      viewers: ["ada", "bob"],
      keepUntilMs: 8_000_000_000_000,
    }),
    given: ["PFADD {viewers} ada"],
    reply: { outcome: "noted" },
  }),
  sample(scripts.views.viewers, (tenant) => tenant.views.viewers, {
    args: (product) => ({ product, period: "2026-11-27" }),
    given: ["PFADD {viewers} ada bob"],
    reply: { viewers: 2 },
  }),
];
