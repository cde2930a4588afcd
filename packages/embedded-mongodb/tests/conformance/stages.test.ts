import { stages } from './cases/stages';
import { describeFiles } from './runner/describe-file';

describeFiles(stages);
