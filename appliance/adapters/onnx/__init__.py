"""ONNX Runtime: the pose backend that needs nothing but its own package."""
