import { memoryRates } from '../../adapters/memory/rates.ts';
import { ratesContract } from './rates-contract.ts';

ratesContract('Rates in memory', async () => ({ rates: memoryRates(), dispose: async () => {} }));
