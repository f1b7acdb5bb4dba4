import { MemoryLog } from '../../relay/log/memory.ts';
import { logContract } from './log.contract.ts';

logContract('the log in memory', (maxBytes) => new MemoryLog(maxBytes));
