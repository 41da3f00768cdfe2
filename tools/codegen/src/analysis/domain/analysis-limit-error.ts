/** The analysis has reached one of its limits. */
export class AnalysisLimitError extends Error {}
