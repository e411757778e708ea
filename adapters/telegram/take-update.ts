import { z } from 'zod';
import { OstlerError, toFailure } from '../../src/errors.ts';
import type { Logger } from '../../src/ports/logger.ts';

/** Resolves when the update is durably taken. Throws an OstlerError where it must come again. */
export type HandleUpdate = (update: unknown) => Promise<void>;

/** A negative offset means something else to getUpdates. */
const identified = z.object({ update_id: z.int().min(0) });

export function updateIdOf(update: unknown): number | undefined {
  return identified.safeParse(update).data?.update_id;
}

/** Returns the error where the update must come again; any other is a mistake, told and passed over. */
export async function takeUpdate(
  update: unknown,
  { handle, logger }: { readonly handle: HandleUpdate; readonly logger: Logger },
): Promise<OstlerError | undefined> {
  try {
    await handle(update);
    return undefined;
  } catch (error) {
    if (error instanceof OstlerError && mayComeAgain(error)) return error;
    logger.error(
      { update_id: updateIdOf(update), ...toFailure(error) },
      'an update could not be handled; skipped',
    );
    return undefined;
  }
}

function mayComeAgain({ code, retryable }: OstlerError): boolean {
  return retryable || code === 'storage' || code === 'stopping';
}
