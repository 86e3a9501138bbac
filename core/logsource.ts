/** Where a Sigma rule looks for the events of a dataset: product and service ('' says nothing), and Sigma categories. */
export type Logsource = { product: string; service: string; categories?: readonly string[] }

/** Log sources by `event.dataset`, or by its first part for all datasets of a module. */
export type Logsources = Readonly<Record<string, Logsource>>
