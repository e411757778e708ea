/** A figure that was promised. `met` is decided where it is made. */
export type Target = {
  readonly name: string;
  readonly figure: number;
  readonly unit: string;
  readonly limit: { readonly atMost: number } | { readonly atLeast: number };
  readonly met: boolean;
};

/** A figure for information. */
type Figure = { readonly name: string; readonly figure: number; readonly unit: string };

export type Report = {
  readonly targets: readonly Target[];
  readonly figures: readonly Figure[];
  /** What `--json` prints instead of all this, where the bench was asked for something else. */
  readonly json?: unknown;
};

/** An option of one bench, as `parseArgs` takes it; `takes` names its value for the list of all. */
export type BenchOption = { readonly type: 'string'; readonly takes: string; readonly default?: string };
type BenchValues = Readonly<Record<string, unknown>>;

/** `say` is for what happens meanwhile. Throws a BadOption for values that it cannot use. */
export type RunBench = (values: BenchValues, say: (line: string) => void) => Promise<Report>;

export type Bench = {
  /** One sentence. */
  readonly sentence: string;
  /** By name. */
  readonly options?: Readonly<Record<string, BenchOption>>;
  readonly load: () => Promise<{ readonly run: RunBench }>;
};

export class BadOption extends Error {}

export function atMost(name: string, figure: number, unit: string, limit: number): Target {
  return { name, figure, unit, limit: { atMost: limit }, met: figure <= limit };
}

export function atLeast(name: string, figure: number, unit: string, limit: number): Target {
  return { name, figure, unit, limit: { atLeast: limit }, met: figure >= limit };
}

export function joinReports(reports: readonly Report[]): Report {
  return {
    targets: reports.flatMap(({ targets }) => targets),
    figures: reports.flatMap(({ figures }) => figures),
  };
}
