import { z } from 'zod';

/** An id of Discord. Written as a number, YAML would round it. */
export const snowflake = z
  .string()
  .regex(/^\d{15,20}$/, 'must be an id in quotes, such as "123456789012345678"');
