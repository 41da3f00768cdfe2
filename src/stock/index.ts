export { listenToStock, type StockEvents, type StockListenOptions } from "./listen.js";
export type { StockEvent } from "./stock-event.js";
