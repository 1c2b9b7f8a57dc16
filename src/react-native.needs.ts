/** Comes first among the imports of `tenuto/react-native`: some of the others use at once what is looked for here. */
import { checkHost } from './ports/needs.react-native.ts';

checkHost();
