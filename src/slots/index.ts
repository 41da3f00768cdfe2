export { type SlotClient, WORKERS_TENANT } from "./client.js";
export { slotDefaults } from "./defaults.js";
export { SlotWorker, type SlotWorkerOptions, type SlotWorkerStatus } from "./slot-worker.js";
export type { SlotEntry } from "./turns.js";
