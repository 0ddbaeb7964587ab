"""Files in the Open Neural Network Exchange format (ONNX)."""
