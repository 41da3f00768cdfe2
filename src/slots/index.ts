export type { SlotClient } from "./client.js";
export { slotDefaults } from "./defaults.js";
export { SlotWorker, type SlotWorkerOptions, type SlotWorkerStatus } from "./slot-worker.js";
export type { SlotEntry } from "./turns.js";
