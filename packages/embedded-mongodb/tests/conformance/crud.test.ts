import { crudOperations } from './cases/crud-operations';
import { describeFiles } from './runner/describe-file';

describeFiles(crudOperations);
