import { specialCollections } from './cases/special-collections';
import { describeFiles } from './runner/describe-file';

describeFiles(specialCollections);
