export { checkedClient, type SlotClient } from "./client.js";
export { slotDefaults } from "./defaults.js";
export { Retries } from "./retries.js";
export { SlotWorker } from "./slot-worker.js";
export type { SlotWorkerOptions, SlotWorkerStatus } from "./slot-worker-options.js";
export type { SlotEntry } from "./turns.js";
