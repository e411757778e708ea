import { expect, it } from 'vitest';
import { createSlots } from '../../src/models/slots.ts';

function open(configured: number) {
  const warned: unknown[] = [];
  const nothing = () => {};
  const logger = {
    debug: nothing,
    info: nothing,
    error: nothing,
    warn: (fields: object) => void warned.push(fields),
  };
  return { slots: createSlots({ configured: () => configured, logger }), warned };
}

it('are as configured while nothing speaks against it', () => {
  const { slots, warned } = open(4);
  slots.note('a', 1, 60);
  slots.note('a', 4, 0.2);
  slots.note('a', 4, 5);
  slots.note('a', 4, 5);
  expect(slots.of('a')).toBe(4);
  expect(warned).toEqual([]);
});

it('are as many as were seen, where Ollama lets the others stand in line', () => {
  const { slots, warned } = open(4);
  slots.note('a', 2, 0.1);
  for (let answer = 0; answer < 5; answer += 1) slots.note('a', 3, 20);
  expect(slots.of('a')).toBe(2);
  expect(slots.of('b')).toBe(4);
  expect(warned).toEqual([{ model: 'a', parallel: 4, seen: 2 }]);
});

it('are as configured again once the server comes back', () => {
  const { slots } = open(2);
  for (let answer = 0; answer < 3; answer += 1) slots.note('a', 2, 20);
  expect(slots.of('a')).toBe(1);
  slots.forget();
  expect(slots.of('a')).toBe(2);
});
