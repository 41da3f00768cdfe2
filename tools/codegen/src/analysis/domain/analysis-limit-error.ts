/** More than the analysis can follow. */
export class AnalysisLimitError extends Error {}
