/** The module that an audio context loads. */
import { CAPTURE_PROCESSOR } from './capture.types.ts';
import { CaptureProcessor } from './capture-processor.browser.ts';
import { scope } from './scope.browser.ts';

scope.registerProcessor(CAPTURE_PROCESSOR, CaptureProcessor);
