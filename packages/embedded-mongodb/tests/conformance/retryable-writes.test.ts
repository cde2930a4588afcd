import { retryableWrites } from './cases/retryable-writes';
import { describeFiles } from './runner/describe-file';

describeFiles(retryableWrites);
