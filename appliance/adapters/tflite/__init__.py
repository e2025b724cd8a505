"""TFLite files read without TensorFlow: converted to ONNX, and bundled for MediaPipe's Tasks API."""
