import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { BENCHES } from '../../bench/benches.ts';

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, ['bench/main.ts', ...args], { encoding: 'utf8' });
}

describe('the bench command', () => {
  it.each([[[]], [['nothing']], [['toString']], [['--json']]])('lists the benches for %j', (args) => {
    const { status, stderr, stdout } = bench(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    for (const [name, { sentence, options = {} }] of Object.entries(BENCHES)) {
      expect(stderr).toContain(name);
      expect(stderr).toContain(sentence);
      for (const [option, { takes }] of Object.entries(options))
        expect(stderr).toContain(`--${option} ${takes}`);
    }
  });

  it.each([
    [['rules', '--fast'], /fast/],
    [['kills', '--kills', 'many'], /--kills takes/],
    [['kills', '--kills', '0'], /--kills takes/],
    [['kills', '--queue', 'paper'], /--queue takes sqlite or redis/],
    [['path', '--messages', '1'], /--messages takes/],
    [['swaps', '--seed', 'mine'], /--seed takes/],
  ])('refuses %j', (args, complaint) => {
    const { status, stderr } = bench(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(complaint);
  });
});
