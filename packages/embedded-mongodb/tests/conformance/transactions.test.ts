import { sessions } from './cases/sessions';
import { transactions } from './cases/transactions';
import { describeFiles } from './runner/describe-file';

describeFiles([...transactions, ...sessions]);
