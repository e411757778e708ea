const ROWS = 4;
const COUNTERS_PER_ENTRY = 16;
/** 4 bits. */
const MOST = 15;
const COUNTERS_PER_BYTE = 2;
/** Ages after so many counts per entry. */
const SAMPLE = 10;
/** So many characters of a key. */
const HASHED = 16;

/** About how often something was asked for lately, in 8 bytes per entry. Never too low, now and then too high. */
export type FrequencySketch = {
  count(hash: number): void;
  /** 0 to 15. */
  estimate(hash: number): number;
};

/**
 * A count-min sketch (Cormode and Muthukrishnan 2005) of 4-bit counters: each hash has one counter in each of four
 * rows, and the smallest of them was disturbed least by others. Once in a while all are halved, so that what was
 * popular long ago is forgotten (TinyLFU, Einziger et al. 2017).
 */
export function frequencySketch(entries: number): FrequencySketch {
  const counters = powerOfTwo(Math.max(COUNTERS_PER_BYTE, entries * COUNTERS_PER_ENTRY));
  const mask = counters - 1;
  const bytes = new Uint8Array(counters / COUNTERS_PER_BYTE);
  const sample = entries * SAMPLE;
  let counted = 0;

  function read(at: number): number {
    return ((bytes[at >>> 1] as number) >>> ((at & 1) << 2)) & MOST;
  }

  function age(): void {
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = ((bytes[at] as number) >>> 1) & 0x77;
    counted >>>= 1;
  }

  return {
    count(hash) {
      const step = stepOf(hash);
      let isNew = false;
      for (let row = 0, spot = hash; row < ROWS; row += 1, spot += step) {
        const at = spot & mask;
        if (read(at) === MOST) continue;
        bytes[at >>> 1] = (bytes[at >>> 1] as number) + (1 << ((at & 1) << 2));
        isNew = true;
      }
      if (!isNew) return;
      counted += 1;
      if (counted >= sample) age();
    },
    estimate(hash) {
      const step = stepOf(hash);
      let least = MOST;
      for (let row = 0, spot = hash; row < ROWS; row += 1, spot += step)
        least = Math.min(least, read(spot & mask));
      return least;
    },
  };
}

/**
 * 32 bits of the end of a text, which tells digests apart as well as all of it does (FNV-1a, then MurmurHash3's
 * finish, so that every bit of it can be used).
 */
export function hashEnd(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = Math.max(0, text.length - HASHED); at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/** How far apart a hash's counters lie; odd, so that they differ. */
function stepOf(hash: number): number {
  return (Math.imul(hash, 0x9e3779b1) >>> 15) | 1;
}

function mix(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const whole = Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
  return (whole ^ (whole >>> 16)) | 0;
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(atLeast));
}
