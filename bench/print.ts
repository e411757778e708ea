import { styleText } from 'node:util';
import type { Report, Target } from './bench.ts';

type Print = { readonly json: boolean; readonly write: (text: string) => void };

/** Prints what was measured. Returns the exit code: 1 where a target was missed. */
export function printReport(name: string, report: Report, { json, write }: Print): 0 | 1 {
  const met = report.targets.every((target) => target.met);
  if (json) write(`${JSON.stringify(report.json ?? { bench: name, met, ...report })}\n`);
  else write([...report.targets.map(targetLine), ...report.figures.map(figureLine), ''].join('\n'));
  return met ? 0 : 1;
}

function targetLine({ name, figure, unit, limit, met }: Target): string {
  const sign = met ? styleText('green', '✓') : styleText('red', '✗');
  const asked = 'atMost' in limit ? `at most ${shown(limit.atMost)}` : `at least ${shown(limit.atLeast)}`;
  return `${sign} ${name}: ${shown(figure)} ${unit} (${asked})`;
}

function figureLine({ name, figure, unit }: Report['figures'][number]): string {
  return `  ${name}: ${shown(figure)} ${unit}`;
}

/** Three digits that say something. */
function shown(figure: number): string {
  if (Number.isInteger(figure)) return figure.toLocaleString('en');
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(figure) || 1)));
  return figure.toLocaleString('en', { maximumFractionDigits: Math.min(digits, 4) });
}
